{if $wrong}<span class="badge badge-danger">Region unknown</span> {$wrong}
{elseif $since && $trouble}<span class="badge badge-danger">Refused</span> Zoho refused the authorization for {$region} ({$trouble})
{elseif $since}<span class="badge badge-success">Authenticated</span> {$region} since {$since} UTC
{else}<span class="badge badge-secondary">Not authenticated</span> {$region}
{/if}
<a href="{$renew}">{if $since}Renew{else}Authenticate{/if}</a>
