<p>{$text}</p>
{if $token}<form method="post" action="{$link}"><input type="hidden" name="token" value="{$token}"><button name="action" value="login" class="btn btn-primary">{$button}</button></form>
{else}<a class="btn btn-light" href="{$link}">{$button}</a>{/if}
