name: Cron Activity Report
type: admin
subject: Cron Activity Report {$cron_time}

<p>What the automation did, {$cron_time} UTC:</p>
{if $cron_tasks}<ul>
{foreach $cron_tasks as $task}<li><strong>{$task.name}</strong>{if $task.error}: failed: {$task.error}{/if}{if $task.done}: {foreach $task.done as $done}{$done}{if !$done@last}, {/if}{/foreach}{/if}
{if $task.skipped}<ul>{foreach $task.skipped as $line}<li>left alone {$line}</li>{/foreach}</ul>{/if}</li>
{/foreach}</ul>{else}<p>There was nothing to do.</p>{/if}
<p><a href="{$whmcs_url}admin/automationstatus.php">Automation Status</a></p>
