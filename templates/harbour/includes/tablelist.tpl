{* Marks a list as sortable and searchable in the page; harbour.js does the rest. Works without it as a plain list. *}
<div class="list-tools" data-list-tools="#table{$tableName}"{if $noSearch} data-no-search{/if}>
    {if !$noSearch}
        <div class="list-search">
            <i class="fas fa-search" aria-hidden="true"></i>
            <label class="sr-only" for="search{$tableName}">{lang key='search'}</label>
            <input type="search" class="form-control form-control-sm" id="search{$tableName}" placeholder="{lang key='search'}" autocomplete="off">
        </div>
    {/if}
</div>
