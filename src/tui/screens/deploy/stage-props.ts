/** Room of a stage, in cells; it fills it exactly. */
export type StageProps = {readonly width: number; readonly height: number};
