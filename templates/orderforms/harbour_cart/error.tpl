{include file="orderforms/$carttpl/frame-open.tpl" orderTitle=$errortitle|default:"{lang key='thereisaproblem'}" orderLead=''}
{include file="$template/includes/alert.tpl" type='error' msg=$errormsg}
<a href="{$WEB_ROOT}/cart.php" class="btn btn-primary">{lang key='problemgoback'}</a>
{include file="orderforms/$carttpl/frame-close.tpl"}
