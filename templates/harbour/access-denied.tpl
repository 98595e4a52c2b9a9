{include file="$template/includes/empty.tpl" icon='fas fa-lock' title="{lang key='host.accessDenied'}" text="{lang key='host.accessDeniedHelp'}" link="$WEB_ROOT/clientarea.php" linktext="{lang key='host.goHome'}"}
{if $allowedpermissions}
    <h2 class="h5 text-center">{lang key='host.permissionsHeld'}</h2>
    <ul class="text-center list-unstyled">
        {foreach $allowedpermissions as $permission}<li>{$permission}</li>{/foreach}
    </ul>
{/if}
