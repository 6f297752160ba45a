const app = choose();
const worst = app.items.find(item => item.status !== 'online') || app.items[0];
say(`${app.name} ${worst.status}`);
