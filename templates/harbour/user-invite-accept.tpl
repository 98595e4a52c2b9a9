<div class="narrow">
    <section class="card form-card">
        <div class="card-body">
            <h1>{lang key='accountInvite.youHaveBeenInvited' clientName=$invite->getClientName()}</h1>
            <p class="lead-small">{lang key='accountInvite.givenAccess' senderName=$invite->getSenderName() clientName=$invite->getClientName()}</p>
            {include file="$template/includes/flashmessage.tpl"}
            {if $loggedin || $signedInUser}
                <p>{lang key='accountInvite.acceptAs'} <b>{if $loggedin}{$loggedinuser->email}{else}{$signedInUser}{/if}</b></p>
                <form method="post" action="{routePath('invite-validate')}"><input type="hidden" name="token" value="{$token}"><button type="submit" class="btn btn-primary btn-block">{lang key='accountInvite.acceptAccess'}</button></form>
            {else}
                <h2 class="form-section">{lang key='accountInvite.inviteAcceptLogin'}</h2>
                <form method="post" action="{routePath('invite-validate')}">
                    <input type="hidden" name="token" value="{$token}"><input type="hidden" name="login" value="1">
                    <div class="form-group"><label for="inputLoginEmail">{lang key='clientareaemail'}</label><input type="email" class="form-control" id="inputLoginEmail" name="email" value="{$formdata.email}" autocomplete="username" required></div>
                    <div class="form-group"><label for="inputLoginPassword">{lang key='clientareapassword'}</label><input type="password" class="form-control" id="inputLoginPassword" name="password" autocomplete="current-password" required></div>
                    <button type="submit" class="btn btn-primary btn-block">{lang key='loginbutton'}</button>
                </form>
                <h2 class="form-section mt-4">{lang key='accountInvite.inviteAcceptRegister'}</h2>
                <form method="post" action="{routePath('invite-validate')}">
                    <input type="hidden" name="token" value="{$token}"><input type="hidden" name="register" value="1">
                    <div class="form-row">
                        <div class="form-group col-6"><label for="inputFirstName">{lang key='clientareafirstname'}</label><input type="text" class="form-control" id="inputFirstName" name="firstname" value="{$formdata.firstname}" required></div>
                        <div class="form-group col-6"><label for="inputLastName">{lang key='clientarealastname'}</label><input type="text" class="form-control" id="inputLastName" name="lastname" value="{$formdata.lastname}" required></div>
                    </div>
                    <div class="form-group"><label for="inputEmail">{lang key='clientareaemail'}</label><input type="email" class="form-control" id="inputEmail" name="email" value="{$formdata.email}" required></div>
                    <div class="form-group"><label for="inputNewPassword1">{lang key='clientareapassword'}</label><input type="password" class="form-control" id="inputNewPassword1" name="password" autocomplete="new-password" required>{include file="$template/includes/pwstrength.tpl"}</div>
                    {if $accept_tos}<div class="custom-control custom-checkbox mb-3"><input type="checkbox" class="custom-control-input" name="accept" id="inputAccept" value="1"><label class="custom-control-label" for="inputAccept">{lang key='ordertosagreement'} <a href="{$tos_url}" target="_blank" rel="noopener">{lang key='ordertos'}</a></label></div>{/if}
                    <button type="submit" class="btn btn-primary btn-block">{lang key='accountInvite.acceptAccess'}</button>
                </form>
            {/if}
        </div>
    </section>
</div>
