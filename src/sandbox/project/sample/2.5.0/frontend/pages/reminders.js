import {main} from "../lib/html.js";

export default function Reminders() {
	return {title: 'Reminders', body: main('Reminders', 'Open evaluations to remind of')};
}
