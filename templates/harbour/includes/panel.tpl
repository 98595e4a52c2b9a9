<section class="card {if $type}card-{$type}{/if}">
    {if $headerTitle}<h2 class="card-header">{$headerTitle}</h2>{/if}
    {if $bodyContent}<div class="card-body{if $bodyTextCenter} text-center{/if}">{$bodyContent}</div>{/if}
    {if $footerContent}<div class="card-footer">{$footerContent}</div>{/if}
</section>
