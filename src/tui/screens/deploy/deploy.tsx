import type {ScreenProps} from '../../app.tsx';
import {Rows} from '../../components/rows.tsx';
import {ofHeight, span} from '../../rows.ts';

export function Deploy({height}: ScreenProps) {
	return <Rows rows={ofHeight([[span(' choose what to deploy', 'muted')]], height)} />;
}
