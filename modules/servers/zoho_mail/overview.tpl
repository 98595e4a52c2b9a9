<div class="zoho-mail text-center">
  <p>{$mailDomain|escape}</p>
  <a class="btn btn-primary" href="{$mailUrl|escape}" target="_blank" rel="noopener noreferrer">Go to Webmail</a>
  {if $panelUrl}<a class="btn btn-outline-primary" href="{$panelUrl|escape}" target="_blank" rel="noopener noreferrer">Go to Control Panel</a>{/if}
</div>
