import {main} from "../../lib/html.js";

export default function Analytics() {
	return {title: 'Analytics', body: main('Analytics', 'Competency trends, to one digit')};
}
