{* One axis of days; letters and shapes say what colour says too, and the table below says it in words. *}
<section class="card">
  <div class="card-head"><h2>Cloud Hosting timeline</h2></div>
  {if $empty}
  <div class="empty"><b>Nothing has happened yet</b>Usage, invoices, reminders, locks and payments appear here.</div>
  {else}
  <div class="scroll"><svg viewBox="0 0 {$width} {$height}" width="{$width}" height="{$height}" role="img" aria-label="Cloud Hosting timeline" style="max-width:100%;min-width:640px;height:auto;font:12px sans-serif">
    <g stroke="#dde4ea">{foreach $rows as $row}<line x1="{$left}" x2="{$right}" y1="{$row.y}" y2="{$row.y}"/>{/foreach}{foreach $ticks as $tick}<line x1="{$tick.x}" x2="{$tick.x}" y1="8" y2="{$axis}"/>{/foreach}</g>
    <g fill="#3b4854">{foreach $rows as $row}<text x="{$left-12}" y="{$row.text_y}" text-anchor="end">{$row.label}</text>{/foreach}</g>
    <g fill="#5b6975">{foreach $ticks as $tick}<text x="{$tick.x}" y="{$label_y}" text-anchor="middle">{$tick.label}</text>{/foreach}</g>
    {foreach $spans as $span}<rect x="{$span.x}" y="{$span.y}" width="{$span.width}" height="12" fill="{if $span.kind == 'lock'}#f3d9a4{else}#efb5b0{/if}" stroke="{if $span.kind == 'lock'}#a96f00{else}#b3261e{/if}"{if $span.kind == 'lock'} stroke-dasharray="4 3"{/if}/>{/foreach}
    <line x1="{$today}" x2="{$today}" y1="4" y2="{$axis}" stroke="#1769aa" stroke-width="1.5" stroke-dasharray="2 3"><title>Today</title></line>
    {foreach $marks as $mark}<g><title>{$mark.title}</title>{if $mark.shape == 'square'}<rect x="{$mark.x-9}" y="{$mark.y-9}" width="18" height="18" rx="3" fill="#fff" stroke="#b3261e" stroke-width="2"/>{else}<circle cx="{$mark.x}" cy="{$mark.y}" r="9" fill="#fff" stroke="{if $mark.kind == 'paid' || $mark.kind == 'resume'}#1b7a3d{else}#1769aa{/if}" stroke-width="2"/>{/if}<text x="{$mark.x}" y="{$mark.text_y}" text-anchor="middle" font-weight="700" fill="#1f2a33">{$mark.letter}</text></g>{/foreach}
  </svg></div>
  <div class="card-body"><p class="soft">{foreach $legend as $one}<b>{$one.letter}</b> {$one.word}{if !$one@last} · {/if}{/foreach} · dotted line: today</p>
    <details><summary>As a table</summary><div class="scroll"><table class="list"><thead><tr><th>Day</th><th>What</th><th>Details</th></tr></thead>
    <tbody>{foreach $table as $one}<tr><td class="nowrap">{$one.day}</td><td>{$one.word}</td><td>{$one.text}</td></tr>{/foreach}</tbody></table></div></details></div>
  {/if}
</section>
