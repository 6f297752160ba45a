/** One answer of the API; throws for any but 200. */
export const api = async path => {
	const answer = await fetch(process.env.NEXT_PUBLIC_API_URL + path, {signal: AbortSignal.timeout(1000)});
	if (!answer.ok) throw new Error(path + ' answered ' + answer.status);
	return answer.json();
};
