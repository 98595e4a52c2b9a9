<form method="post" action="{$WEB_ROOT}/clientarea.php?action=productdetails" class="custom-action"{if !$action.samePage} target="_blank"{/if}{if $action.isolated} rel="noopener noreferrer"{/if}>
    <input type="hidden" name="token" value="{$token}">
    <input type="hidden" name="id" value="{$action.serviceid}">
    {if $action.addonid}<input type="hidden" name="addonId" value="{$action.addonid}">{/if}
    <input type="hidden" name="customaction" value="{$action.identifier}">
    <button type="submit"{if $item} menuItemName="{$item->getName()}"{/if}{if $id} id="{$id}"{/if} class="{$buttonClass}{if !$action.active} disabled{/if}" data-identifier="{$action.identifier}" data-serviceid="{$action.serviceid}" data-active="{$action.active}"{if !$action.active} disabled{/if}><span>{$action.label}</span></button>
</form>
