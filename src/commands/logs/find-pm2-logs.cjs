// Put behind `pm2.cjs`: where PM2 says that the app's process writes, the one that runs first. Reads only.

const list = listAll().filter(item => names.includes(item.name));
const one = list.find(item => item.status === 'online') || list[0];
console.log(JSON.stringify(one ? {output: one.output, errors: one.errors} : {}));
