{if $showUserValidationBanner}
    <div class="notice-strip"><div class="container">{lang key='actionRequired'}</div></div>
{/if}
