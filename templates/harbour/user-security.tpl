{include file="$template/includes/flashmessage.tpl"}
{if $twoFactorAuthAvailable}
    <section class="card form-card">
        <div class="card-body">
            <h2 class="form-section">{lang key='twofactorauth'}</h2>
            {if $twoFactorAuthRequired && !$twoFactorAuthEnabled}
                {include file="$template/includes/alert.tpl" type="warning" msg="{lang key='clientAreaSecurityTwoFactorAuthRequired'}"}
            {else}
                <p>{lang key='twofactor.intro'}</p>
            {/if}
            <p>{lang key='twofacurrently'} <span class="status {if $twoFactorAuthEnabled}status-active{/if}">{if $twoFactorAuthEnabled}{lang key='enabled'}{else}{lang key='disabled'}{/if}</span></p>
            {if !$twoFactorAuthEnabled}
                <form method="post" action="{routePath('account-security-two-factor-enable')}">
                    <input type="hidden" name="token" value="{$token}">
                    <button type="submit" class="btn btn-primary">{lang key='twofaenableclickhere'}</button>
                </form>
            {elseif !$twoFactorAuthRequired}
                <form method="post" action="{routePath('account-security-two-factor-disable')}">
                    <input type="hidden" name="token" value="{$token}">
                    <div class="form-group">
                        <label for="inputPasswordVerify">{lang key='twofadisableintro'}</label>
                        <input type="password" class="form-control" id="inputPasswordVerify" name="pwverify" autocomplete="current-password" required>
                    </div>
                    <button type="submit" class="btn btn-outline-danger">{lang key='twofadisable'}</button>
                </form>
            {/if}
        </div>
    </section>
{/if}
{if $securityQuestions}
    <form method="post" action="{routePath('user-security-question')}" class="card form-card">
        <input type="hidden" name="token" value="{$token}">
        <div class="card-body">
            <h2 class="form-section">{lang key='clientareanavsecurityquestions'}</h2>
            {if $currentQuestion}
                <div class="form-group">
                    <label for="inputCurrentAns">{$currentQuestion}</label>
                    <input type="password" class="form-control" id="inputCurrentAns" name="currentsecurityqans" autocomplete="off" required>
                </div>
            {/if}
            <div class="form-group">
                <label for="inputSecurityQid">{lang key='clientareasecurityquestion'}</label>
                <select class="custom-select" id="inputSecurityQid" name="securityqid">
                    {foreach $securityQuestions as $question}
                        <option value="{$question.id}">{$question.question}</option>
                    {/foreach}
                </select>
            </div>
            <div class="form-row">
                <div class="form-group col-sm-6"><label for="inputSecurityAns1">{lang key='clientareasecurityanswer'}</label><input type="password" class="form-control" id="inputSecurityAns1" name="securityqans" autocomplete="off" required></div>
                <div class="form-group col-sm-6"><label for="inputSecurityAns2">{lang key='clientareasecurityconfanswer'}</label><input type="password" class="form-control" id="inputSecurityAns2" name="securityqans2" autocomplete="off" required></div>
            </div>
            <button type="submit" class="btn btn-primary">{lang key='clientareasavechanges'}</button>
        </div>
    </form>
{/if}
<section class="card form-card">
    <div class="card-body">
        <h2 class="form-section">{lang key='host.sessions'}</h2>
        <p>{lang key='host.sessionsHelp'}</p>
        <ul class="plain-list">
            {foreach $sessions as $one}
                <li>
                    <span class="grow"><b>{$one.ip}</b>{if $one.current} <span class="status status-active">{lang key='host.thisSession'}</span>{/if}<br><small class="text-muted">{lang key='host.since'} {$one.since}{if $one.agent} · {$one.agent|truncate:70}{/if}</small></span>
                    {if !$one.current}
                        <form method="post" action="{$WEB_ROOT}/user/security/sessions"><input type="hidden" name="token" value="{$token}"><button type="submit" name="id" value="{$one.id}" class="btn btn-sm btn-light">{lang key='clientareanavlogout'}</button></form>
                    {/if}
                </li>
            {/foreach}
        </ul>
        {if count($sessions) > 1}
            <form method="post" action="{$WEB_ROOT}/user/security/sessions"><input type="hidden" name="token" value="{$token}"><button type="submit" class="btn btn-outline-danger">{lang key='host.signOutEverywhere'}</button></form>
        {/if}
    </div>
</section>
