<p>{if $trouble}<span class="badge bad">Refused</span> Zoho refuses the authorization for {$region} of {$since} ({$trouble}): authenticate again.
{elseif $since}<span class="badge good">Authenticated</span> for region {$region} since {$since} UTC{if $by} by {$by}{/if}.
{else}<span class="badge">Not authenticated</span> for region {$region}.
{/if}</p>
<div class="btn-row"><button type="submit" name="continue" value="{$action}" class="btn">Authenticate</button>
{if $since}<button type="submit" name="continue" value="{$test}" class="btn">Test Connection</button>{/if}</div>
{if $others}<div class="hint">Other authenticated clients: {foreach $others as $other}{$other}{if not $other@last}, {/if}{/foreach}</div>{/if}
