{if $wrong}<span class="badge bad">Region unknown</span> {$wrong}
{elseif $since && $trouble}<span class="badge bad">Refused</span> Zoho refuses the authorization for {$region} ({$trouble}).
{elseif $since}<span class="badge good">Authenticated</span> for region {$region} since {$since} UTC.
{else}<span class="badge">Not authenticated</span> for region {$region}.
{/if} <a href="{$renew}">{if $since}Renew{else}Authenticate{/if}</a>
