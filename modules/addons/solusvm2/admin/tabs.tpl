<nav class="tabs" aria-label="SolusVM 2">
  {foreach $tabs as $tab}<a href="{$tab.link}"{if $tab.here} class="here" aria-current="page"{/if}>{$tab.label}</a>{/foreach}
</nav>
