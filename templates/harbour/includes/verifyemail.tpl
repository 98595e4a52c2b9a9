{if $showEmailVerificationBanner}
    <div class="notice-strip"><div class="container">{lang key='actionRequired'}</div></div>
{/if}
