<nav class="crumbs" aria-label="breadcrumb">
    <div class="container">
        <ol class="breadcrumb">
            {foreach $breadcrumb as $item}
                <li class="breadcrumb-item{if $item@last} active{/if}"{if $item@last} aria-current="page"{/if}>
                    {if !$item@last && $item.link}<a href="{$item.link}">{$item.label}</a>{else}{$item.label}{/if}
                </li>
            {/foreach}
        </ol>
    </div>
</nav>
