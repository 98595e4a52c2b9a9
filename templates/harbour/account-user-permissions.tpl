{include file="$template/includes/flashmessage.tpl"}
<form method="post" action="{routePath('account-users-permissions-save', $user->id)}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <div class="card-body">
        <h2 class="form-section">{lang key='userManagement.permissionsOf'} {$user->email}</h2>
        <div class="tick-grid">
            {foreach $permissions as $permission}
                <div class="custom-control custom-checkbox"><input type="checkbox" class="custom-control-input" id="perm{$permission.key}" name="perms[{$permission.key}]" value="1"{if $userPermissions[$permission.key]} checked{/if}><label class="custom-control-label" for="perm{$permission.key}">{$permission.title}<small class="text-muted d-block">{$permission.description}</small></label></div>
            {/foreach}
        </div>
        <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
        <a class="btn btn-light" href="{routePath('account-users')}">{lang key='cancel'}</a>
    </div>
</form>
