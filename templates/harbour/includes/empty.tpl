<div class="empty-state">
    <span class="empty-icon" aria-hidden="true"><i class="{$icon|default:'fas fa-inbox'}"></i></span>
    <h2>{$title}</h2>
    {if $text}<p>{$text}</p>{/if}
    {if $link}<a class="btn btn-primary" href="{$link}">{$linktext}</a>{/if}
</div>
