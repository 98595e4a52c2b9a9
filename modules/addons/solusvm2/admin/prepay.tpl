<section class="card">
  <h2>Pre-Pay Credit</h2>
  <form method="post" action="{$link}" class="card-body form">
    <input type="hidden" name="token" value="{$token}">
    <p class="wide hint">An extension of this project: usage is drawn from the client's credit balance every hour. At zero the user is locked, and free again after a top-up.</p>
    <span class="label">Pre-Pay</span>
    <div class="field"><label class="tick"><input type="checkbox" name="enabled" value="on"{if $on} checked{/if}> <span>Enabled: customers may choose to pay in advance</span></label>
      {if $wrong}<div class="wrong">{$wrong}</div>{/if}</div>
    {foreach $rows as $row}
    <label class="label" for="s2{$row.name}">Low balance, {$row.code}</label>
    <div class="field">{$row.prefix} <input type="text" inputmode="decimal" class="money" id="s2{$row.name}" name="{$row.name}" value="{$row.low}"{if $row.wrong} aria-invalid="true"{/if}> {$row.suffix}
      {if $row.wrong}<div class="wrong">{$row.wrong}</div>{/if}</div>
    {/foreach}
    <p class="wide hint">A client whose balance falls below this is told once by mail; 0 sends no notice.</p>
    <div class="form-foot"><button class="btn primary">Save Changes</button></div>
  </form>
</section>
