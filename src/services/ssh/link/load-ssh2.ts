/** ssh2, loaded at the first connection: commands that need no host never pay for it. */
export const loadSsh2 = async () => (await import('ssh2')).default;
