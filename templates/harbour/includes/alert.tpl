<div class="alert alert-{if $type == 'error'}danger{elseif $type}{$type}{else}info{/if}{if $textcenter} text-center{/if}{if $additionalClasses} {$additionalClasses}{/if}{if $hide} d-none{/if}"{if $idname} id="{$idname}"{/if} role="{if $type == 'error'}alert{else}status{/if}">
    {if $title}<h2 class="alert-heading">{$title}</h2>{/if}
    {if $errorshtml}
        <p class="mb-1">{lang key='clientareaerrors'}</p>
        <ul class="mb-0">{$errorshtml}</ul>
    {elseif $msg}
        <div>{$msg}</div>
    {/if}
</div>
