{include file="$template/includes/flashmessage.tpl"}
<section class="card form-card">
    <div class="card-body">
        <h2 class="form-section">{lang key='userManagement.usersFound'}</h2>
        <ul class="plain-list">
            {foreach $users as $user}
                <li>
                    <span class="grow"><b>{$user->email}</b>{if $user->pivot->owner} <span class="status status-active">{lang key='clientOwner'}</span>{/if}{if $user->hasTwoFactorAuthEnabled()} <i class="fas fa-shield-alt text-success" title="{lang key='twofactorauth'}" aria-label="{lang key='twofactorauth'}"></i>{/if}<br><small class="text-muted">{$user->fullName} · {lang key='userManagement.lastLogin'} {$user->pivot->getLastLogin()->diffForHumans()}</small></span>
                    {if !$user->pivot->owner}
                        <a class="btn btn-sm btn-light" href="{routePath('account-users-permissions', $user->id)}">{lang key='userManagement.managePermissions'}</a>
                        <form method="post" action="{routePath('account-users-remove')}"><input type="hidden" name="token" value="{$token}"><button type="submit" name="userid" value="{$user->id}" class="btn btn-sm btn-outline-danger" data-confirm="{lang key='userManagement.removeAccessSure'}">{lang key='userManagement.removeAccess'}</button></form>
                    {/if}
                </li>
            {/foreach}
        </ul>
    </div>
</section>
{if $invites->count() > 0}
    <section class="card form-card">
        <div class="card-body">
            <h2 class="form-section">{lang key='userManagement.pendingInvites'}</h2>
            <ul class="plain-list">
                {foreach $invites as $invite}
                    <li>
                        <span class="grow"><b>{$invite->email}</b><br><small class="text-muted">{lang key='userManagement.inviteSentOn'} {$invite->created_at->diffForHumans()}</small></span>
                        <form method="post" action="{routePath('account-users-invite-resend')}"><input type="hidden" name="token" value="{$token}"><button type="submit" name="inviteid" value="{$invite->id}" class="btn btn-sm btn-light">{lang key='userManagement.resendInvite'}</button></form>
                        <form method="post" action="{routePath('account-users-invite-cancel')}"><input type="hidden" name="token" value="{$token}"><button type="submit" name="inviteid" value="{$invite->id}" class="btn btn-sm btn-outline-danger">{lang key='userManagement.cancelInvite'}</button></form>
                    </li>
                {/foreach}
            </ul>
        </div>
    </section>
{/if}
<form method="post" action="{routePath('account-users-invite')}" class="card form-card">
    <input type="hidden" name="token" value="{$token}">
    <div class="card-body">
        <h2 class="form-section">{lang key='userManagement.inviteNewUser'}</h2>
        <p>{lang key='userManagement.inviteNewUserDescription'}</p>
        <div class="form-group"><label for="inputInviteEmail">{lang key='clientareaemail'}</label><input type="email" class="form-control" id="inputInviteEmail" name="inviteemail" value="{$formdata.inviteemail}" required></div>
        <div class="custom-control custom-radio"><input type="radio" class="custom-control-input" id="permsAll" name="permissions" value="all"{if $allPermissions} checked{/if}><label class="custom-control-label" for="permsAll">{lang key='userManagement.allPermissions'}</label></div>
        <div class="custom-control custom-radio"><input type="radio" class="custom-control-input" id="permsChoose" name="permissions" value="choose"{if !$allPermissions} checked{/if}><label class="custom-control-label" for="permsChoose">{lang key='userManagement.choosePermissions'}</label></div>
        <div class="tick-grid">
            {foreach $permissions as $permission}
                <div class="custom-control custom-checkbox"><input type="checkbox" class="custom-control-input" id="perm{$permission.key}" name="perms" value="{$permission.key}"{if $chosen[$permission.key]} checked{/if}><label class="custom-control-label" for="perm{$permission.key}">{$permission.title}<small class="text-muted d-block">{$permission.description}</small></label></div>
            {/foreach}
        </div>
        <button type="submit" class="btn btn-primary">{lang key='userManagement.sendInvite'}</button>
    </div>
</form>
