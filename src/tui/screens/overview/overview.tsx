import type {ScreenProps} from '../../app.tsx';
import {Rows} from '../../components/rows.tsx';
import {ofHeight, span} from '../../rows.ts';

export function Overview({height}: ScreenProps) {
	return <Rows rows={ofHeight([[span(' asking the hosts', 'muted')]], height)} />;
}
