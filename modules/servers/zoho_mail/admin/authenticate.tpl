{if $since && $trouble}<span class="badge badge-danger">Refused</span> Zoho refused the authorization for {$region} of {$since} ({$trouble}): authenticate again.
{elseif $since && $foreign}<span class="badge badge-warning">Other client</span> {$region} is authenticated since {$since} with another Client ID.
{elseif $since}<span class="badge badge-success">Authenticated</span> Authenticated for region {$region} since {$since} UTC{if $by} by {$by}{/if}
{else}<span class="badge badge-secondary">Not authenticated</span> Not authenticated for region {$region}
{/if}
<br><button type="submit" name="continue" value="{$action}" class="btn btn-primary btn-sm">Authenticate</button>
{if $since}<button type="submit" name="continue" value="{$test}" class="btn btn-secondary btn-sm">Test Connection</button>
{/if}
{if $others}<br><small>Also authenticated: {foreach $others as $other}{$other}{if not $other@last}, {/if}{/foreach}</small>
{/if}
