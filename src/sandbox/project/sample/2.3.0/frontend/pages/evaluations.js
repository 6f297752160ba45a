import {main} from "../lib/html.js";

export default function Evaluations() {
	return {title: 'Evaluations', body: main('Evaluations', 'Open evaluations')};
}
