<div class="examplehost">
  {if $welcome}<p>{$welcome|escape}</p>{/if}
  {if $account}
  <dl class="row mb-0">
    <dt class="col-sm-4">User name</dt><dd class="col-sm-8">{$account.username|escape}</dd>
    <dt class="col-sm-4">Package</dt><dd class="col-sm-8">{$account.package|escape}</dd>
    <dt class="col-sm-4">State</dt><dd class="col-sm-8">{$account.state|escape}</dd>
  </dl>
  {else}
  <p class="mb-0">There is no account yet.</p>
  {/if}
</div>
