{include file="$template/includes/empty.tpl" icon=$errorIcon title=$errorTitle text=$errorText link=$errorLink|default:"$WEB_ROOT/index.php" linktext="{lang key='host.goHome'}"}
