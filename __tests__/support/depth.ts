/** Whether tests go to their full depth, as `npm run test:deep` asks. Otherwise they keep to a fixed seed and budget. */
export const isDeep = process.env['TEST_DEPTH'] === 'deep';
