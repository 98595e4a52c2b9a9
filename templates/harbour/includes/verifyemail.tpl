{if $showEmailVerificationBanner}
    <div class="notice-strip"><div class="container notice-line">
        <span>{lang key='verifyEmailAddress'}</span>
        <form method="post" action="{routePath('user-email-verification-resend')}"><input type="hidden" name="token" value="{$token}"><button type="submit" class="btn btn-sm btn-light">{lang key='resendEmail'}</button></form>
        <form method="post" action="{routePath('dismiss-email-verification')}"><input type="hidden" name="token" value="{$token}"><button type="submit" class="btn btn-sm btn-light" aria-label="{lang key='close'}">×</button></form>
    </div></div>
{/if}
