import {main} from "../lib/html.js";

export default function Programs() {
	return {title: 'Programs', body: main('Programs', 'All programs')};
}
