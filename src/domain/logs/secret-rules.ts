/**
 * How secrets look in what programs print. The same rules go to work in two places: here (`mask.ts`), and on a host between
 * a job and its log (`commands/job/redact.pl`). So they are texts that JavaScript and Perl read alike: no flags within, no
 * named groups, one group only where a rule says so, ASCII only, and every lookbehind of one length.
 *
 * What matches `before`, `value` and `after` becomes `before***after`.
 */
export type SecretRule = {
	readonly before: string;
	readonly value: string;
	readonly after?: string;
	/** Letters count as they are written. */
	readonly isExact?: true;
};

const taken = String.raw`(?!(?:(?:bearer|basic|token|digest)\s+)?["']?\*{3})`;

/** What ends a name that is about a secret and is still its name: `password2`, `token_old`. */
const variant = String.raw`(?:\d{1,3}|[_-](?:\d{1,3}|old|new|current|previous|value|live|test|dev|prod|production|staging|b64|base64|string|plain))?`;
const kinds = String.raw`pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|app[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|auth(?:orization|_?code)|csrf|credentials?|session(?:_?id)?|signature|otp`;
/** `sudo refuses without a password: nginx -t` */
const named = String.raw`(?<!without a )(?<!\w)[\w.-]{0,60}(?:${kinds}|pass|pin)${variant}(?!\w)`;
/** `auth:sanctum` is a name of Laravel's. */
const authNamed = String.raw`(?<!\w)[\w.-]{0,60}auth(?!\w)`;
/** As in a file of variables: `STRIPE_KEY`, `SENTRY_DSN`, `BASIC_AUTH_2`. */
const variable = String.raw`(?<!\w)(?!\w*PUBLIC)[A-Z][A-Z\d_]*(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRETS?|TOKEN|_KEY|_DSN|_AUTH|CREDENTIALS?)(?:_?\d{1,3}|_OLD|_NEW|_PREVIOUS|_VALUE)?`;

const assigns = String.raw`\\?["']?\s*(?:=>|[:=](?!=))\s*`;
const how = String.raw`(?:(?:bearer|basic|token|digest)\s+)?`;

/** Says that there is none, or where it is kept: no value of anything. */
const nothing = String.raw`(?!\$\{(?:secret|value):)(?!\.\.\.(?:$|[\s"'\x60]))(?!(?:null|true|false|undefined|nil|none|yes|no|empty)(?![\w-]))`;
/** A sentence goes on: `password: the field is required`. */
const sentence = String.raw`(?!(?:the|an?|is|are|was|holds|looks|has|had|must|may|can|cannot|could|should|does|not|no|too|this|your|please|required|missing|invalid|expired|expected|unexpected|wrong|incorrect|unknown|field|minimum|maximum)(?![\w-]))`;
const bare = String.raw`(?![\[{(<]+(?:["'\s]|$))${nothing}[^\s"'&,;)}\]]+`;

/** Letters and digits together, which no word of a sentence has, or a sign that no word has within. */
const dense = String.raw`(?:(?=[^\s"'&,;)}\]]*\d)(?=[^\s"'&,;)}\]]*[a-z])|(?=[^\s"']*[a-z][!#$%^*+][^\s."']))[^\s"'&,;)}\]]{5,}`;
const spokenOf = String.raw`(?<!unexpected )(?<!\w)[\w.-]{0,60}(?:pass(?:word|wd|phrase)|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|otp)(?!\w)`;
const is = String.raw`\s+(?:is:?\s+|was:?\s+)?`;
const option = String.raw`(?<![\w-])--?[\w.-]{0,60}(?:${kinds}|pass|auth)(?!\w)[ =]\s*`;
const optionValue = String.raw`(?!(?:option|flag|parameter|argument|is|are|or|and|to|was|has|needs|must)(?!\w))`;

const form = (value: string, isExact = true): SecretRule => ({
	before: String.raw`(?<![\w])`,
	value,
	...(isExact ? {isExact} : {}),
});

/** Tokens that tell by how they begin who gave them. */
const beginnings = String.raw`gh[opsur]_|github_pat_|glpat-|gl(?:dt|rt|cbt|ptt|soat)-|xox[a-z]-|xapp-|[rs]k_(?:live|test)_|whsec_|SG\.|shpat_|dop_v1_|pypi-|AIza|ya29\.|AGE-SECRET-KEY-`;
/** Those that other names begin with, too, which go on otherwise: `npm_config_cache`. */
const shared = String.raw`(?:npm|hf)_|sk-(?:ant-|proj-)?`;

/** In this order: what is hidden already is left alone by those behind. */
export const secretRules: readonly SecretRule[] = [
	// Who logs in to an address, with a password or by a token alone. `git@` of ssh is nobody's secret.
	{
		before: String.raw`(?<![\w+.-])[a-z][a-z\d+.-]*:\\?\/\\?\/`,
		value: String.raw`(?!\*{3}@)[^\s\/?#"'<>@:]*:[^\s\/"<>]+`,
		after: '@',
	},
	{
		before: String.raw`(?<![\w+.-])(?!(?:git\+)?(?:ssh|sftp|rsync):)[a-z][a-z\d+.-]*:\\?\/\\?\/`,
		value: String.raw`(?!\*{3}@)(?!git@)[^\s\/?#"'<>@:]+`,
		after: '@',
	},
	// Addresses that let in whoever has them.
	{
		before: String.raw`\bhooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/`,
		value: String.raw`${taken}[^\s"'<>]+`,
	},
	{before: String.raw`\bdiscord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/`, value: String.raw`${taken}[^\s"'<>]+`},
	{before: String.raw`\b[\w.-]*webhook\.office\.com\/`, value: String.raw`${taken}[^\s"'<>]+`},
	{before: String.raw`\bapi\.telegram\.org\/(?:file\/)?bot`, value: String.raw`${taken}[^\s"'<>\/]+`},
	{
		before: String.raw`[?&;](?:sig|signature|code|key|auth|x-amz-[a-z-]+)=`,
		value: String.raw`${taken}[^\s"'&<>]{8,}`,
	},
	{before: String.raw`\b(?:set-)?cookie\\?["']?\s*[:=]>?\s*`, value: String.raw`${taken}[^\s\\"'=][^\n"=]*=[^\n"]*`},
	form(String.raw`eyJ[\w-]{8,}\.[\w-]+\.[\w-]*`),
	form(String.raw`eyJ[\w+\/-]{24,}={0,2}`),
	// Three parts of base64, of which the first is no word: a token that is signed.
	{
		before: String.raw`(?<![\w.\/-])`,
		value: String.raw`(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{12,}\.(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{12,}\.[\w-]{12,}(?![\w.-])`,
		isExact: true,
	},
	form(String.raw`(?:AKIA|ASIA)[A-Z\d]{16}(?!\w)`),
	form(String.raw`(?:${beginnings})[\w.-]{10,}`),
	form(String.raw`(?:${shared})[A-Za-z\d-]{20,}`),
	{
		before: String.raw`-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----`,
		value: String.raw`(?!\*{3}(?:-----END|$)).+?(?=-----END [A-Z\d ]*PRIVATE KEY|$)`,
		isExact: true,
	},
	// Programs that take a password behind a letter, or behind the name of who logs in.
	{
		before: String.raw`\b(?:mysql|mariadb)\w*\b[^\n|;]*?\s-p`,
		value: String.raw`(?:"[^"\n]+"|'[^'\n]+'|${taken}[^\s"'|;]+)`,
	},
	{
		before: String.raw`\b(?:curl|wget)\b[^\n|;]*?\s(?:-u|--user|--proxy-user|-U)[ =]?["']?[^\s"':]+:`,
		value: String.raw`${taken}[^\s"'|;]+`,
	},
	{
		before: String.raw`\b(?:sshpass\s+-p|redis-cli\b[^\n|;]*?\s-a)\s*`,
		value: String.raw`(?:"[^"\n]+"|'[^'\n]+'|${taken}[^\s"'|;]+)`,
	},
	{
		before: String.raw`\bhttp-basic\.[\w.:-]+\s+\S+\s+`,
		value: String.raw`${taken}\S+`,
	},
	{
		before: String.raw`\b(?:(?:github|gitlab|bitbucket)-oauth|gitlab-token|forgejo-token|bearer)\.[\w.:-]+\s+`,
		value: String.raw`${taken}\S+`,
	},
	{
		before: String.raw`"(?:(?:github|gitlab|bitbucket)-oauth|gitlab-token|forgejo-token|bearer)\\?"\s*:\s*\{\s*\\?"[^"\n]+"\s*:\s*\\?"`,
		value: String.raw`${taken}[^"\\\n]+`,
	},
	// By the name before it: in double quotes, in escaped ones, in single ones, and bare.
	...[named, authNamed].flatMap(name => [
		{before: `${name}${assigns}${how}"${how}`, value: String.raw`${taken}${nothing}(?:[^"\\\n]+|\\.)+`},
		{
			before: `${name}${assigns}${how}${String.raw`\\"`}${how}`,
			value: String.raw`${taken}${nothing}(?:(?!\\")[^\n])+`,
		},
		{
			before: `${name}${assigns}${how}${String.raw`\\?'`}${how}`,
			value: String.raw`${taken}${nothing}(?:[^'\\\n]+|\\.)+`,
		},
	]),
	{before: `${variable}=`, value: String.raw`${taken}${nothing}[^\s"'][^\s"]*`, isExact: true},
	{before: String.raw`${variable}=["']`, value: String.raw`(?!\*{3}["'])${nothing}[^\n"']+`, isExact: true},
	{before: String.raw`${variable}:\s*`, value: String.raw`${taken}${sentence}${bare}`, isExact: true},
	{before: String.raw`${named}\\?["']?\s*=(?:>|(?![=>]))\s*${how}`, value: `${taken}${bare}`},
	{before: String.raw`${named}\\?["']?\s*:(?!:)\s*${how}`, value: `${taken}${sentence}${bare}`},
	{before: String.raw`${authNamed}\\?["']?=${how}`, value: `${taken}${bare}`},
	{before: String.raw`${authNamed}\\?["']?\s*:\s+${how}`, value: `${taken}${dense}`},
	{before: String.raw`(?<![\w])base64:`, value: String.raw`${taken}[\w+\/-]{20,}={0,2}`},
	// By an option, or by a sentence.
	{before: String.raw`${option}"`, value: String.raw`(?!\*{3}")[^"\n]+`},
	{before: String.raw`${option}'`, value: String.raw`(?!\*{3}')[^'\n]+`},
	{before: option, value: String.raw`${taken}${optionValue}[^\s"'|;<\[-][^\s"'|;]*`},
	{before: String.raw`${spokenOf}${is}["']`, value: String.raw`${taken}(?=[^"'\n]*\d)(?=[^"'\n]*[a-z])[^"'\n]{6,}`},
	{before: `${spokenOf}${is}`, value: `${taken}${dense}`},
	{
		before: String.raw`\b(?:bearer|basic)\s+`,
		value: String.raw`(?:(?=[\w.~+\/-]*\d)[\w.~+\/=-]{8,}|[\w.~+\/=-]{24,})`,
	},
];

/** Pieces, in small letters, one of which every line with a secret holds: plain text, which is found at once. */
const hints = [
	String.raw`://|:\\/\\/|mysql|mariadb|curl|wget|sshpass|redis-cli|hooks\.|webhook|telegram|eyj|akia|asia|base64:|private key`,
	String.raw`gho_|ghp_|ghs_|ghu_|ghr_|github_pat_|glpat-|gldt-|glrt-|glcbt-|glptt-|glsoat-|xox|xapp-|k_live_|k_test_|whsec_`,
	String.raw`sg\.|shpat_|dop_v1_|pypi-|aiza|ya29\.|age-secret|npm_|hf_|sk-|pass|pwd|secret|token|key|_dsn|auth|bearer|basic`,
	String.raw`cookie|session|csrf|credential|sig=|sign=|code=|x-amz|signature|otp|pin`,
].join('|');

/** Whether there is anything to look for in a line in small letters: most have none of it, and are not looked at again. */
export const suspicious = `${hints}|${String.raw`[\w-]{12}\.[\w-]{12,}\.`}`;

/** Whether the end of a line that goes on may be the beginning of a secret, from where it matches on. */
export const openEnd = String.raw`(?:${named}|${authNamed}|${variable})(?:\\?["']?\s*(?:=>?|:)?\s*(?:\\?"[^"\n]*|\\?'[^'\n]*|${how}[^\s"']*))$|--?[\w-]*(?:pass|key|token|secret|auth)[\w-]*[ =][^\s]*$|(?:bearer|basic)\s+\S*$|(?<![\w+.-])[a-z][a-z\d+.-]*:\/\/\S*$|(?:eyJ|AKIA|ASIA|base64:|${beginnings}|${shared})\S*$|(?:mysql|mariadb|curl|wget)\b[^\n|;]*$|-----BEGIN[^\n]*$`;

/** Names of variables whose values are secrets: of a file of variables, of a build, of this process. */
export const secretVariable = String.raw`^(?!.*PUBLIC|.*ASKPASS|.*COMPASS|(?:OLD)?PWD$)(?:.*(?:PASS|PWD|SECRET|TOKEN|CREDENTIAL|WEBHOOK|PRIVATE|SALT|PEPPER|SIGNING)|(?:.*_)?(?:KEY|DSN|AUTH|PIN|JWT|(?:DATABASE|DB|REDIS|AMQP|MAILER|BROKER)_URL)(?:_?\d{1,3}|_OLD|_NEW|_PREVIOUS)?$)`;

/** Values that are words of a setting, and stand in any output: they are nobody's secret, under whatever name. */
export const commonValue = String.raw`^(?:\d{1,8}|null|true|false|none|empty|local|localhost|testing|staging|production|preprod|development|default|database|password|secret|changeme|public|private|enabled|disabled|memory|session|cookie|sha256|bcrypt|argon2id|array|redis|sync|file|stack|single|daily|root|admin|mysql|pgsql|sqlite|smtp|mailgun|log|ubuntu|www-data|laravel|https?|127\.0\.0\.1)$`;

/** A shorter value stands in too much that it is not in. */
export const shortestValue = 6;

/** The lines of a block whose first line tells that the others are secret, and its end. */
export const secretBlocks = {
	key: {
		begins: String.raw`-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----(?!.*-----END)`,
		ends: String.raw`-----END [A-Z\d ]*PRIVATE KEY`,
		/** A line within, whatever a program writes before each; one that is none ends the block. */
		holds: String.raw`^(?:[\s|>:]*|.{0,40}[\s|>\]:](?=[\w+\/=]{24}))(?:[\w+\/=\\]*|(?:Proc-Type|DEK-Info|Version|Comment): .*)[\s|"',\\]*$`,
	},
	logins: {
		begins: String.raw`\\?"(?:(?:github|gitlab|bitbucket)-oauth|gitlab-token|forgejo-token|bearer)\\?"\s*:\s*\{\s*$`,
		ends: String.raw`\}`,
		before: String.raw`\\?"[^"\n]+"\s*:\s*\\?"`,
		value: String.raw`(?!\*{3})[^"\\\n]+`,
	},
} as const;

/** All of it as the program on a host reads it: a line for each, its parts with tabs between. */
export const rulesForHosts: string = [
	...secretRules.map(({before, value, after = '', isExact}) =>
		['rule', isExact ? 'exact' : '', before, value, after].join('\t'),
	),
	...Object.entries({
		hints,
		dotted: String.raw`[\w-]{12}\.[\w-]{12,}\.`,
		unfinished: openEnd,
		variable: secretVariable,
		common: commonValue,
		shortest: String(shortestValue),
		'key-begins': secretBlocks.key.begins,
		'key-ends': secretBlocks.key.ends,
		'key-holds': secretBlocks.key.holds,
		'logins-begin': secretBlocks.logins.begins,
		'logins-end': secretBlocks.logins.ends,
		login: `(${secretBlocks.logins.before})(?:${secretBlocks.logins.value})`,
	}).map(pair => pair.join('\t')),
].join('\n');
