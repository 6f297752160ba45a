/** What the endpoints of analytics answer, in place of a database: figures that agree with each other. */
const people = [
	{name: 'Meera', department: 'Field', done: 18, score: 4.2},
	{name: 'Tom', department: 'Field', done: 11, score: 3.8},
	{name: 'Asha', department: 'Office', done: 14, score: 4.4},
	{name: 'Ravi', department: 'Office', done: 9, score: 4},
] as const;

const competencies = {Planning: 4.1, Listening: 4.3, 'Clear words': 3.9} as const;

const averageOf = (scores: readonly number[]): number =>
	Math.round((scores.reduce((sum, score) => sum + score, 0) / scores.length) * 10) / 10;

const departments = [...new Set(people.map(({department}) => department))];

const total = people.reduce((sum, {done}) => sum + done, 0);

const answers: Readonly<Record<string, (now: Date) => unknown>> = {
	summary: () => ({programs: 12, evaluations: total, average: averageOf(people.map(({score}) => score))}),
	'evaluator-performance': () => people.map(({name, done}) => ({evaluator: name, done})),
	'subordinate-performance': () => people.map(({name, score}) => ({subordinate: name, score})),
	'competency-analysis': () => Object.entries(competencies).map(([competency, average]) => ({competency, average})),
	'department-comparison': () =>
		departments.map(department => ({
			department,
			average: averageOf(people.filter(one => one.department === department).map(({score}) => score)),
		})),
	trends: now =>
		[2, 1, 0].map(back => ({
			month: new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
			evaluations: 40 + (total % 7) * (3 - back),
		})),
};

/** Answer of an endpoint below `/api/analytics/`: `data`, and how much of it there is. Undefined for any other path. */
export const analyticsAnswer = (path: string, now: Date): object | undefined => {
	const data = answers[/^\/api\/analytics\/([a-z-]+)$/.exec(path)?.[1] ?? '']?.(now);
	return data === undefined ? undefined : {data, total: Array.isArray(data) ? data.length : 1};
};
