{if !$on && $missing}<div class="banner warning"><b>Post-pay cannot be enabled yet</b>There is no token price in {$missing}. <a href="{$prices}">Set it under Settings</a>.</div>{/if}
{if $on && $missing}<div class="banner warning"><b>A token price is missing</b>{$missing} has been activated without a token price, so usage of its customers cannot be billed. <a href="{$prices}">Set it under Settings</a>.</div>{/if}
<section class="card">
  <h2>Landing page</h2>
  <div class="card-body">
    <p>Customers sign up at <a href="{$landing}" class="wrap">{$landing}</a></p>
    <p class="soft">{if $on}The page is open, and the menu of the client area leads to it as <b>Cloud Hosting</b>.{else}It can be reached, and stands in the menus, only while post-pay is enabled.{/if}
    To change it, copy <code class="wrap">modules/addons/solusvm2/templates/post-pay/landing-page.tpl</code> to
    <code class="wrap">templates/&lt;your theme&gt;/modules/addons/solusvm2/post-pay/landing-page.tpl</code>: an update of the module leaves that copy alone.</p>
  </div>
</section>
<form method="post" action="{$link}">
  <input type="hidden" name="token" value="{$token}">
  <section class="card">
    <h2>Post-Pay Billing</h2>
    <div class="card-body form">
      <span class="label">Post-Pay</span>
      <div class="field"><label class="tick"><input type="checkbox" name="enabled" value="on"{if $values.enabled == 'on'} checked{/if}> <span>Enabled: customers may sign up and use SolusVM 2</span></label>
        {if $wrong.enabled}<div class="wrong">{$wrong.enabled}</div>{/if}</div>
      <label class="label" for="s2group">New User Limit Group</label>
      <div class="field">
        <select id="s2group" name="group" class="medium"{if $wrong.group} aria-invalid="true"{/if}>
          <option value="">Choose a limit group</option>
          {foreach $groups as $group}<option value="{$group.id}"{if $group.id == $values.group} selected{/if}>{$group.name}</option>{/foreach}
        </select>
        {if $wrong.group}<div class="wrong">{$wrong.group}</div>{elseif $trouble}<div class="wrong">{$trouble}</div>{/if}
        <div class="hint">Given to every new post-pay user; present users keep theirs. Limit groups are made in SolusVM 2.</div></div>
      <label class="label" for="s2terms">Post-Pay Terms &amp; Conditions</label>
      <div class="field"><input type="text" id="s2terms" name="terms" value="{$values.terms}" placeholder="https://"{if $wrong.terms} aria-invalid="true"{/if}>
        {if $wrong.terms}<div class="wrong">{$wrong.terms}</div>{/if}
        <div class="hint">Optional address of terms on invoices and payment of usage; customers accept them beside your general terms.</div></div>
      <label class="label" for="s2grace">Invoice Grace Period</label>
      <div class="field"><input type="text" inputmode="numeric" class="short" id="s2grace" name="grace" value="{$values.grace}"{if $wrong.grace} aria-invalid="true"{/if}> days
        {if $wrong.grace}<div class="wrong">{$wrong.grace}</div>{/if}
        <div class="hint">From the day an invoice is made to its due date.</div></div>
      <label class="label" for="s2lock">Lock Overdue Users</label>
      <div class="field"><input type="text" inputmode="numeric" class="short" id="s2lock" name="lock" value="{$values.lock}"{if $wrong.lock} aria-invalid="true"{/if}> days after the due date
        {if $wrong.lock}<div class="wrong">{$wrong.lock}</div>{/if}
        <div class="hint">A locked user creates nothing new; servers run on. Empty: never.</div></div>
      <label class="label" for="s2suspend">Suspend Overdue Users</label>
      <div class="field"><input type="text" inputmode="numeric" class="short" id="s2suspend" name="suspend" value="{$values.suspend}"{if $wrong.suspend} aria-invalid="true"{/if}> days after the due date
        {if $wrong.suspend}<div class="wrong">{$wrong.suspend}</div>{/if}
        <div class="hint">The servers of a suspended user are stopped. Empty: never.</div></div>
      <div class="form-foot"><button class="btn primary">Save Changes</button></div>
    </div>
  </section>
</form>
