{foreach $metric.pricing as $pricing}
    <div class="small text-muted">{if $metric.pricingSchema neq 'simple'}{$pricing.from}{if $pricing.to} – {$pricing.to}{else}+{/if}: {/if}{$pricing.price} / {$metric.unitName}</div>
{/foreach}
