const answer = call('save');
say(
	answer.status === 0
		? 'PM2 list saved: a restart of the host brings it back'
		: `noted: pm2 save exited with ${answer.status}: ${wordsOf(answer)}`,
);
