import {api} from "../lib/api.js";
import {main} from "../lib/html.js";

export default async function Home({version}) {
	const {version: backend} = await api('/health').catch(() => ({version: 'unknown'}));
	return {
		title: 'QSights',
		meta: {'frontend-version': version, 'backend-version': backend},
		body: main('QSights', 'QSights ' + version + ', API ' + backend),
	};
}
