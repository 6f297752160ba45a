const links = [
	['/', 'Home'],
	['/programs', 'Programs'],
	['/evaluations', 'Evaluations'],
	['/login', 'Log in'],
];

export const main = (title, text) =>
	'<nav>' +
	links.map(([path, name]) => '<a href="' + path + '">' + name + '</a>').join(' ') +
	'</nav><main><h1>' + title + '</h1><p>' + text + '</p></main>';
