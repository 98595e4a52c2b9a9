{include file="$template/includes/flashmessage.tpl"}
{if $errorMessageHtml}
    {include file="$template/includes/alert.tpl" type="error" errorshtml=$errorMessageHtml}
{/if}
<form method="post" action="{routePath('account-contacts-new')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <div class="card-body">
        {include file="$template/includes/contactfields.tpl"}
        <div class="form-actions">
            <button type="submit" class="btn btn-primary">{lang key='clientareanavaddcontact'}</button>
            {if $contacts}<a class="btn btn-light" href="{routePath('account-contacts')}">{lang key='cancel'}</a>{/if}
        </div>
    </div>
</form>
