{include file="$template/includes/flashmessage.tpl"}
{if $accounts->count() > 0}
    <p>{lang key='switchAccount.choose'}</p>
    <form method="post" action="{routePath('user-accounts')}" class="card row-list">
        <input type="hidden" name="token" value="{$token}">
        {foreach $accounts as $account}
            <button type="submit" name="id" value="{$account->id}" class="row-item"{if $account->status == 'Closed'} disabled{/if}>
                <i class="fas fa-user" aria-hidden="true"></i>
                <span class="row-text">{$account->displayName}{if $account->authedUserIsOwner()} <span class="status status-active">{lang key='clientOwner'}</span>{/if}{if $account->status == 'Closed'} <span class="status">{lang key='closed'}</span>{/if}</span>
                <i class="fas fa-chevron-right row-go" aria-hidden="true"></i>
            </button>
        {/foreach}
    </form>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-user' title="{lang key='switchAccount.noneFound'}" text="{lang key='switchAccount.createInstructions'}" link="{routePath('cart-index')}" linktext="{lang key='shopNow'}"}
    <p class="mt-3 text-center text-muted">{lang key='host.noAccountInvite'}</p>
{/if}
