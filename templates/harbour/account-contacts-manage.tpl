{include file="$template/includes/flashmessage.tpl"}
{if $errorMessageHtml}
    {include file="$template/includes/alert.tpl" type="error" errorshtml=$errorMessageHtml}
{/if}
<form method="get" action="{routePath('account-contacts')}" class="choose-row">
    <label class="sr-only" for="inputContactId">{lang key='clientareachoosecontact'}</label>
    <select class="custom-select" id="inputContactId" name="contactid">
        {foreach $contacts as $contact}
            <option value="{$contact.id}"{if $contact.id == $contactid} selected{/if}>{$contact.name} &lt;{$contact.email}&gt;</option>
        {/foreach}
    </select>
    <button type="submit" class="btn btn-light">{lang key='view'}</button>
    <a class="btn btn-outline-primary" href="{routePath('account-contacts-new')}">{lang key='clientareanavaddcontact'}</a>
</form>
<form method="post" action="{routePath('account-contacts-save')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="contactid" value="{$contactid}">
    <div class="card-body">
        {include file="$template/includes/contactfields.tpl"}
        <div class="form-actions">
            <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
            <button type="reset" class="btn btn-light">{lang key='cancel'}</button>
        </div>
    </div>
</form>
<details class="danger-zone">
    <summary>{lang key='clientareadeletecontact'}</summary>
    <form method="post" action="{routePath('account-contacts-delete')}">
        <input type="hidden" name="token" value="{$token}">
        <p>{lang key='clientareadeletecontactareyousure'}</p>
        <button type="submit" name="contactid" value="{$contactid}" class="btn btn-outline-danger">{lang key='delete'}</button>
    </form>
</details>
