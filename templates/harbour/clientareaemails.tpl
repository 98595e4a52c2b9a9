{if $emails}
    <section class="card list-card">
        {include file="$template/includes/tablelist.tpl" tableName="EmailsList"}
        <table id="tableEmailsList" class="table list-table">
            <thead>
                <tr>
                    <th data-sort="text">{lang key='clientareaemailsdate'}</th>
                    <th data-sort="text">{lang key='clientareaemailssubject'}</th>
                    <th class="list-action"><span class="sr-only">{lang key='actions'}</span></th>
                </tr>
            </thead>
            <tbody>
                {foreach $emails as $email}
                    <tr>
                        <td data-label="{lang key='clientareaemailsdate'}" data-value="{$email.normalisedDate}">{$email.date}</td>
                        <td data-label="{lang key='clientareaemailssubject'}"><a class="list-name" href="{$WEB_ROOT}/viewemail.php?id={$email.id}">{$email.subject}</a></td>
                        <td class="list-action"><a class="btn btn-sm btn-outline-primary" href="{$WEB_ROOT}/viewemail.php?id={$email.id}">{lang key='emailviewmessage'}</a></td>
                    </tr>
                {/foreach}
            </tbody>
        </table>
        {include file="$template/includes/pager.tpl"}
    </section>
{else}
    {include file="$template/includes/empty.tpl" icon='fas fa-envelope-open' title="{lang key='host.noEmails'}" text="{lang key='host.noEmailsHelp'}"}
{/if}
