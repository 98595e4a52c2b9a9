{if $totalpages > 1}
    <nav class="list-pager" aria-label="{$pagenumber} / {$totalpages}">
        {if $prevlink}<a class="btn btn-sm btn-outline-primary" rel="prev" href="{$prevlink}">‹ {lang key='previouspage'}</a>{/if}
        <span>{$pagenumber} / {$totalpages}</span>
        {if $nextlink}<a class="btn btn-sm btn-outline-primary" rel="next" href="{$nextlink}">{lang key='nextpage'} ›</a>{/if}
    </nav>
{/if}
