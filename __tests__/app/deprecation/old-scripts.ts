/** What the scripts that a team had before were called. Source: workflow, "Old Script Updates". */
export const oldScripts: readonly string[] = [
	'deploy_reminder_feature.sh',
	'deploy_frontend_complete.sh',
	'deploy_new_joinee_fix_feb_07_2026.sh',
	'deploy_system_role_program_access.sh',
	'deploy_role_services_fix_production.sh',
	'deploy_critical_fixes_feb_06_2026_ssh.sh',
	'deploy_role_system.sh',
	'deploy_evaluation_enhancements.sh',
	'deploy_evaluation_admin_fix.sh',
	'deploy_subordinate_selection.sh',
	'deploy_system_role_services_fix.sh',
	'deploy_evaluation_fixes_feb_05_2026.sh',
	'deploy_evaluation_fix.sh',
	'deploy_critical_fixes_feb_06_2026.sh',
	'deploy_critical_fixes_production.sh',
];
