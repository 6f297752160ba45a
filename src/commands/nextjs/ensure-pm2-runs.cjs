if (read(memory) === '') process.exit(0);
if (startAgain() === false && isStrict) process.exit(1);
